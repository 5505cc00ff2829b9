import { DEVICE, MM } from '../machine/layout.js';
import type { Machine } from '../machine/machine.js';
import { ITREE, STATE, SUBSCRIBER } from '../kernel/subscriber.js';
import type { SubscriberKind, ThreadProgram } from './case.js';

const KINDS: Readonly<Record<SubscriberKind, number>> = {
  sva: SUBSCRIBER.SVA,
  kvm: SUBSCRIBER.KVM,
  interval: SUBSCRIBER.INTERVAL,
  legacy: SUBSCRIBER.LEGACY,
  pin: SUBSCRIBER.PIN,
};

/** Device d is bound to its mm, and registered there in its way, when the case begins. */
export function setUpSubscriber(m: Machine, d: number, thread: ThreadProgram): void {
  const { layout: L, words: w } = m;
  const at = L.deviceAt(d);
  const kind = KINDS[thread.subscriber ?? 'sva'];
  w[at + DEVICE.MM] = thread.mm;
  w[at + DEVICE.KIND] = kind;
  if (kind === SUBSCRIBER.PIN) return; // on no list, bound to nothing
  w[at + DEVICE.STATE] = STATE.LISTED | STATE.BOUND;
  if (kind === SUBSCRIBER.INTERVAL) w[L.mmAt(thread.mm) + MM.ITREE] |= ITREE.HAS;
  else if (kind !== SUBSCRIBER.SVA) w[L.mmAt(thread.mm) + MM.NOTIFIERS]++;
}
