// SPDX-License-Identifier: MIT
// Who follows a session hears of every outcome of its own at least once, in order, and of nobody else's.

export function checkDelivery(history, notifications, object) {
  const permitted = new Map(); // owner -> id -> gist
  for (const { owner, id, gist } of notifications) {
    if (!permitted.has(owner)) permitted.set(owner, new Map());
    permitted.get(owner).set(id, gist);
  }
  const followers = new Map(); // name -> {owner, heard, connection, position}
  for (const line of history) {
    if (line.what === 'follow') {
      const follower = followers.get(line.client) ?? { owner: line.owner, heard: new Set() };
      followers.set(line.client, Object.assign(follower, { connection: line.connection, position: Number(line.from) }));
    }
    if (line.what !== 'event') continue;
    const follower = followers.get(line.client);
    const own = permitted.get(follower.owner) ?? new Map();
    if (line.event === 'gap') object('gap', `${line.client} was told of a gap, and nothing was ever taken away: ${line.data}`);
    if (line.event !== 'completed' && line.event !== 'failed') continue;
    if (!own.has(line.id)) object('foreign', `${line.client} (${follower.owner}) was told of ${line.id}, which is not its own`);
    else if (own.get(line.id) !== line.gist) object('told-otherwise', `${line.client} was told of ${line.id} otherwise than it is kept`);
    follower.heard.add(line.id);
    if (line.connection !== follower.connection) continue; // the end of an older connection
    if (line.position <= follower.position) object('event-order', `${line.client}: ${line.position} came after ${follower.position}`);
    follower.position = line.position;
  }
  for (const [name, { owner, heard }] of followers)
    for (const id of (permitted.get(owner) ?? new Map()).keys())
      if (!heard.has(id)) object('unheard', `${name} (${owner}) never heard of ${id}`);
}
