import { DomainError } from '@jeroboam/domain';
import type { Query, ReadDocument, ReadModel } from '@jeroboam/read-model';
import type { DocumentLoader } from '../read/document-loader.ts';
import { normalUuid } from './attribute.ts';

/** Several things bear this name. Magnum's words. */
export class NameAmbiguous extends DomainError {
  readonly code = 'NAME_AMBIGUOUS';
  readonly kind = 'conflict';
  /** @param one how Magnum calls a single one in this sentence. */
  constructor(many: string, one: string) {
    super(`Multiple ${many} exist with same name. Please use the ${one} uuid instead.`, { resource: many });
  }
}

export interface Findable<D extends ReadDocument> {
  readonly collection: string;
  readonly loader: DocumentLoader<D>;
  /** What the caller may see, as a filter for names; absent: everything. */
  readonly where: Query['where'];
  /** The same, for one document. */
  readonly isVisible: (document: D) => boolean;
  readonly ambiguous: () => DomainError;
  readonly missing: () => DomainError;
}

/**
 * What a path names: anything like a UUID is an id and compared as text (so other spellings of one find nothing),
 * everything else a name. What the caller may not see does not exist.
 *
 * @throws what `missing` and `ambiguous` make.
 */
export async function findOne<D extends ReadDocument>(readModel: ReadModel, ident: string, wanted: Findable<D>): Promise<D> {
  const { collection, loader, where, isVisible } = wanted;
  if (normalUuid(ident) !== undefined) {
    const document = await loader.get(ident);
    if (document === undefined || !isVisible(document)) throw wanted.missing();
    return document;
  }
  const [document, another] = await readModel.find<D>(collection, { where: { ...where, name: ident }, limit: 2 });
  if (another !== undefined) throw wanted.ambiguous();
  if (document === undefined) throw wanted.missing();
  return document;
}
