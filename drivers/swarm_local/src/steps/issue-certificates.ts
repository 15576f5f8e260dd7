import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { StepResult } from '@jeroboam/driver-sdk';
import type { NodeRecord } from '../bay/bay-record.ts';
import { identityFiles, requireRecord, staying } from '../bay/bay-site.ts';
import { certificateRequest } from '../swarm/certificate-request.ts';
import { guard, together } from './work.ts';
import type { Work } from './work.ts';

/** Has the bay's authority sign what is still unsigned. Nodes serve with these certificates and call each other with them. */
export async function issueCertificates(work: Work): Promise<StepResult> {
  const unsigned = staying(requireRecord(work.names)).filter(
    (node) => !existsSync(identityFiles(work.names.nodeDir(node.slot)).certificate),
  );
  if (unsigned.length === 0) return {};
  const caPem = await work.context.certificates.ca();
  await together(unsigned.map((node) => issue(work, node, caPem)));
  return {};
}

async function issue(work: Work, { slot, hostName, address }: NodeRecord, caPem: string): Promise<void> {
  guard(work);
  const files = identityFiles(work.names.nodeDir(slot));
  const csrPem = certificateRequest(readFileSync(files.key, 'utf8'), hostName);
  const certificatePem = await work.context.certificates.sign({
    csrPem,
    usages: ['server', 'client'],
    subjectAltNames: [{ type: 'ip', value: address }],
  });
  guard(work);
  writeWhole(files.ca, caPem);
  // Last, as it is what tells that the node has its identity.
  writeWhole(files.certificate, certificatePem);
}

function writeWhole(file: string, text: string): void {
  writeFileSync(`${file}.${process.pid}`, text, { mode: 0o600 });
  renameSync(`${file}.${process.pid}`, file);
}
