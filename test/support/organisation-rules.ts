import { createHash } from 'node:crypto';

/** Figures of the organisation that follow from ids alone, by docs/contracts/decisions.md#organisation-data-and-scope. */

/** From 0 up to and without 1. */
const u = (id: string, key: string): number =>
  createHash('sha256').update(`${id}|${key}`).digest().readUInt32BE(0) / 2 ** 32;

const hundredths = (value: number): number => Math.floor(100 * value) / 100;

export const loadOf = (id: string): number => hundredths(u(id, 'load'));

/** @param isOfTeam whether it is a domain of the person's team */
export const strengthOf = (id: string, domain: string, isOfTeam: boolean): number =>
  hundredths(0.4 * u(id, `dom:${domain}`) + (isOfTeam ? 0.6 : 0));
