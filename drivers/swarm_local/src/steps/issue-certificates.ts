import { X509Certificate } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { StepResult } from '@jeroboam/driver-sdk';
import type { NodeRecord } from '../bay/bay-record.ts';
import { identityFiles, requireRecord, staying } from '../bay/bay-site.ts';
import { certificateRequest } from '../swarm/certificate-request.ts';
import { guard, together } from './work.ts';
import type { Work } from './work.ts';

/** Has the bay's authority sign what is still unsigned. Nodes serve with these certificates and call each other with them. */
export async function issueCertificates(work: Work): Promise<StepResult> {
  const { names, context } = work;
  // One that is in the swarm is left to rotations: a restart is not for a resize to ask of it.
  const unfinished = staying(requireRecord(names)).filter(
    (node) => node.phase !== 'joined' || !existsSync(identityFiles(names.nodeDir(node.slot)).certificate),
  );
  if (unfinished.length === 0) return {};
  const trusted = await context.certificates.trusted();
  await together(unfinished.map((node) => haveIdentity(work, node, trusted)));
  return {};
}

/**
 * Gives a node the CA certificates it is to trust and a certificate of its own, unless it has them.
 * @param trusted PEMs as `trusted()` answers them.
 * @param issuer who has to have signed its certificate. @default any of those it is to trust
 */
export async function haveIdentity(
  work: Work,
  node: NodeRecord,
  trusted: readonly string[],
  issuer?: 'established' | 'candidate',
): Promise<void> {
  const files = identityFiles(work.names.nodeDir(node.slot));
  const issuers = issuer === undefined ? trusted : trusted.slice(issuer === 'candidate' ? 1 : 0).slice(0, 1);
  const certificatePem = isSignedByOne(files.certificate, issuers) ? undefined : await signed(work, node, issuer ?? 'established');
  guard(work);
  writeWhole(files.ca, trusted.map((pem) => `${pem.trimEnd()}\n`).join(''));
  // Last, as it is what tells that the node has its identity.
  if (certificatePem !== undefined) writeWhole(files.certificate, certificatePem);
}

/** By their keys, as both authorities of a rotation have the same name. */
function isSignedByOne(certificateFile: string, issuerPems: readonly string[]): boolean {
  if (!existsSync(certificateFile)) return false;
  const certificate = new X509Certificate(readFileSync(certificateFile));
  return issuerPems.some((pem) => certificate.verify(new X509Certificate(pem).publicKey));
}

async function signed({ names, context }: Work, { slot, hostName, address }: NodeRecord, issuer: 'established' | 'candidate'): Promise<string> {
  const csrPem = certificateRequest(readFileSync(identityFiles(names.nodeDir(slot)).key, 'utf8'), hostName);
  return context.certificates.sign({ csrPem, usages: ['server', 'client'], subjectAltNames: [{ type: 'ip', value: address }], issuer });
}

function writeWhole(file: string, text: string): void {
  if (existsSync(file) && readFileSync(file, 'utf8') === text) return;
  writeFileSync(`${file}.${process.pid}`, text, { mode: 0o600 });
  renameSync(`${file}.${process.pid}`, file);
}
