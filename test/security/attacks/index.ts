import type { Attack, Language } from './attack';
import { endings } from './endings';
import { network } from './network';
import { output } from './output';
import { resources } from './resources';
import { results } from './results';
import { secrets } from './secrets';
import { tampering } from './tampering';

export const ATTACKS: readonly Attack[] = [
  ...secrets,
  ...network,
  ...output,
  ...results,
  ...endings,
  ...resources,
  ...tampering,
];

/** The attacks that there are in a language. */
export const attacksIn = (language: Language): readonly (Attack & { readonly source: string })[] =>
  ATTACKS.flatMap((attack) => {
    const source = attack.code[language];
    return source === undefined ? [] : [{ ...attack, source }];
  });
