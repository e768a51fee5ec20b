// SPDX-License-Identifier: MIT
// Short messages. They stay while somebody looks at them, and failures stay until they are closed.
import { byId, make } from './dom.js';

const shownFor = 6000;

/**
 * @param kind "good", "pending" or "bad".
 * @param link {href, text}, what one can do next.
 * @returns a function that takes the message away.
 */
export function toast(kind, text, link) {
  const close = make('button.quiet.small', { type: 'button', 'aria-label': 'Close this message', on: { click: () => leave() } }, '×');
  const box = make(`div.toast.${kind}`, {}, make('p', {}, text, link ? ' ' : null, link && make('a', { href: link.href }, link.text)), close);
  let timer;
  const leave = () => {
    clearTimeout(timer);
    box.remove();
  };
  const arm = () => {
    clearTimeout(timer);
    if (kind !== 'bad') timer = setTimeout(leave, shownFor);
  };
  for (const event of ['pointerenter', 'focusin']) box.addEventListener(event, () => clearTimeout(timer));
  for (const event of ['pointerleave', 'focusout']) box.addEventListener(event, arm);
  const toasts = byId('toasts');
  toasts.append(box);
  while (toasts.childElementCount > 3) toasts.firstElementChild.remove();
  arm();
  return leave;
}
