import { parseEdits } from '../program/edit-listing.js';
import type { Model } from '../program/model.js';
import type { Vocabulary } from '../program/vocabulary.js';

/** The model with the edits of a listing; throws BadInput that names the line. */
export function patchedModel(base: Model, listing: string, words: Vocabulary): Model {
  return {
    ...base,
    name: `${base.name}+patch`,
    about: `${base.about}, with a patch`,
    edits: [...base.edits, ...parseEdits(listing, words)],
  };
}
