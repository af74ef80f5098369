// Waiting for a condition, within bounds.

import { setTimeout as pause } from "node:timers/promises";

/** Thrown by a probe when waiting on is of no use. */
export class Hopeless extends Error {}

/**
 * Asks `probe` again and again until it answers with something truthy, and returns that. After `seconds` it fails and
 * says what was waited for, and what the last try gave.
 */
export async function until(what, probe, { seconds = 40, every = 150 } = {}) {
  const end = Date.now() + seconds * 1000;
  let last;
  do {
    try {
      last = await probe();
      if (last) return last;
    } catch (error) {
      if (error instanceof Hopeless) throw error;
      last = error;
    }
    await pause(every);
  } while (Date.now() < end);
  const seen = last instanceof Error ? last.stack : JSON.stringify(last);
  throw new Error(`waited ${seconds} s in vain: ${what}\nlast seen: ${seen}`);
}
