// SPDX-License-Identifier: MIT
// What the commands of a stream mean, in their order: the outcome of each, and the documents in the end.
import { bucketOf, meaning } from './model.mjs';

/**
 * @param commands [{seq, id, type, payload}]; the second copy of an id means nothing.
 * @param buried Ids that were given up: they changed nothing.
 */
export function replay(commands, buried = new Set()) {
  const documents = new Map(); // bucket/key -> {document, id of the last command that wrote it}
  const outcomes = new Map(); // id -> status
  for (const { id, type, payload } of [...commands].sort((a, b) => a.seq - b.seq)) {
    if (outcomes.has(id)) continue;
    if (buried.has(id)) {
      outcomes.set(id, 'failed');
      continue;
    }
    const place = `${bucketOf(type)}/${payload.id}`;
    const { document, rejected } = meaning[type](payload, documents.get(place)?.document ?? null);
    outcomes.set(id, rejected ? 'failed' : 'completed');
    if (!rejected) documents.set(place, { document, id });
  }
  return { documents, outcomes };
}
