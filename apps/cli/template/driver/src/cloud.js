import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StepFailed } from '@jeroboam/driver-sdk';

/**
 * What this driver makes outside. `name` must contain the id of the bay: that is how it is found again.
 * @typedef {object} Resource
 * @property {string} resourceId unique in the bay, the same on every attempt
 * @property {string} type
 * @property {string} name
 * @property {string} node
 * @property {string} nodeGroup
 * @property {string} externalId what the cloud calls it
 * @property {number} sequence place among all that the bay ever had
 */

/**
 * Put your cloud's client here. Until then a resource is a file: `000001.json` while it is there, `000001.json.gone`
 * after it was destroyed, so that its name is not used again.
 */
export class Cloud {
  #dataDir;

  /** @param {string} dataDir */
  constructor(dataDir) {
    this.#dataDir = dataDir;
  }

  /**
   * Refuses whoever comes late: the highest token that was here is kept, also after the bay is deleted.
   * @param {string} bayId @param {number} token
   */
  fence(bayId, token) {
    const file = join(this.#folder(bayId), 'fence');
    const before = Number(read(file) ?? 0);
    if (token < before) throw new StepFailed(`Fencing token ${token} is too old: ${before} was here`, { retryable: false });
    if (token === before) return;
    writeFileSync(`${file}.new`, String(token));
    renameSync(`${file}.new`, file);
  }

  /** @param {string} bayId @param {number} token @param {Omit<Resource, 'externalId' | 'sequence'>} resource */
  create(bayId, token, resource) {
    this.fence(bayId, token);
    const sequence = this.ever(bayId).length;
    const file = join(this.#folder(bayId), `${String(sequence).padStart(6, '0')}.json`);
    writeFileSync(file, JSON.stringify({ ...resource, sequence, externalId: randomUUID() }), { flag: 'wx' });
  }

  /** @param {string} bayId @param {number} token @param {string} resourceId */
  destroy(bayId, token, resourceId) {
    this.fence(bayId, token);
    const resource = this.alive(bayId).find((each) => each.resourceId === resourceId);
    if (!resource) return;
    const file = join(this.#folder(bayId), `${String(resource.sequence).padStart(6, '0')}.json`);
    renameSync(file, `${file}.gone`);
  }

  /** In order of their making. @param {string} bayId @returns {readonly Resource[]} */
  alive(bayId) {
    return this.#read(bayId, /\.json$/);
  }

  /** With those that are gone. @param {string} bayId @returns {readonly Resource[]} */
  ever(bayId) {
    return this.#read(bayId, /\.json(\.gone)?$/);
  }

  /** @param {string} bayId @param {RegExp} names @returns {readonly Resource[]} */
  #read(bayId, names) {
    const folder = this.#folder(bayId);
    return readdirSync(folder).filter((file) => names.test(file)).sort().map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')));
  }

  /** @param {string} bayId */
  #folder(bayId) {
    const folder = join(this.#dataDir, 'bays', bayId);
    mkdirSync(folder, { recursive: true });
    return folder;
  }
}

/** @param {string} file */
function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT') return undefined;
    throw error;
  }
}
