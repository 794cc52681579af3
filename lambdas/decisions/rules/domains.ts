import { DOMAINS, type Domain } from '../model';
import { says, type WordTrigger } from './words';

const ALIASES: Readonly<Record<string, Domain>> = {
  payment: 'payments',
  pay: 'payments',
  billing: 'payments',
  pii: 'privacy',
  personal_data: 'privacy',
  infrastructure: 'infra',
  law: 'legal',
  compliance: 'legal',
  sec: 'security',
  price: 'pricing',
  finance: 'pricing',
  budget: 'pricing',
  cost: 'pricing',
  comms: 'customer_comms',
  support: 'customer_comms',
  pr: 'brand',
  marketing: 'brand',
  analytics: 'data',
  ux: 'growth',
  product: 'growth',
};
const BY_WORDS: readonly (readonly [WordTrigger, Domain])[] = [
  ['PERSONAL_DATA', 'privacy'],
  ['SECURITY', 'security'],
  ['LEGAL', 'legal'],
  ['PAYMENT', 'payments'],
];

/** The domain that a tag means, or undefined. */
export function domainOf(tag: string): Domain | undefined {
  const name = tag.normalize('NFC').trim().toLowerCase();
  return DOMAINS.find((domain) => domain === name) ?? (Object.hasOwn(ALIASES, name) ? ALIASES[name] : undefined);
}

/**
 * Domains of an issue in priority order, of its tags or else of its words (docs/contracts/decisions.md#reading-the-issue).
 * @param words title, text and feedback, as `normalised` gives them
 */
export function domainsOf(tags: readonly string[], words: string): readonly Domain[] {
  const tagged = new Set(tags.map(domainOf));
  const found =
    tagged.size === 0 || (tagged.size === 1 && tagged.has(undefined))
      ? new Set(BY_WORDS.filter(([trigger]) => says(words, trigger)).map(([, domain]) => domain))
      : tagged;
  return DOMAINS.filter((domain) => found.has(domain));
}
