// SPDX-License-Identifier: MIT
// Rules for NatsProxy that stall one step of a command's way.

/** The projector's writes do not reach the bucket. */
export const holdWrites = ({ from, subject }) => (from === 'gateway' && subject.startsWith('$KV.') ? 'hold' : 'pass');

/** The reactor's acknowledgements do not arrive. */
export const holdAcks = ({ from, subject }) => (from === 'gateway' && subject.startsWith('$JS.ACK.COMMANDS.') ? 'hold' : 'pass');

/** The reactor is not given new commands. */
export const holdDeliveries = ({ from, subject }) =>
  from === 'server' && /^commands\.\d+\./.test(subject) ? 'hold' : 'pass';

/** The reactor's deliveries are lost. */
export const loseDeliveries = (frame) => (holdDeliveries(frame) === 'hold' ? 'drop' : 'pass');

const isStreamAck = ({ from, payload }, stream) => from === 'server' && payload.includes(`"stream":"${stream}"`) && payload.includes('"seq":');

/** The server stores commands, but its word for it is lost; `times` of them. */
export function loseAcks(times = Infinity) {
  let left = times;
  return (frame) => {
    if (left === 0 || !isStreamAck(frame, 'COMMANDS')) return 'pass';
    left -= 1;
    return 'drop';
  };
}

/** The commands the gateway has published to the log, by id. */
export const published = (proxy) =>
  proxy.frames.filter(({ from, subject }) => from === 'gateway' && /^commands\.\d+\./.test(subject))
    .map(({ subject }) => subject.split('.').at(-1));
