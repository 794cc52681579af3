import type { Attack, Language, Outcome } from '../attacks/attack';
import { launch, memoryOf, problemsOf } from './attack-run';
import { runClean, type CleanRun } from './clean-run';
import { isWalled, newMark, type Stage } from './stage';

/** What came of one attack. */
export interface Report {
  readonly problems: readonly string[];
  /** In the name of whatever the attack left behind. */
  readonly mark: string;
  readonly outcome: Outcome;
  readonly clean: CleanRun;
}

/** Attacks of one language, one after the other; between them a clean run looks whether all is as it was. */
export class Battle {
  readonly #stage: Stage;
  readonly #language: Language;
  readonly #before: CleanRun;

  private constructor(
    stage: Stage,
    language: Language,
    readonly walled: boolean,
    before: CleanRun,
  ) {
    this.#stage = stage;
    this.#language = language;
    this.#before = before;
  }

  static async begin(stage: Stage, language: Language): Promise<Battle> {
    const walled = await isWalled(stage, language);
    return new Battle(stage, language, walled, await runClean(stage, language, 256));
  }

  /** @throws Error when a run has not ended in time, or the clean one failed */
  async fight(attack: Attack & { readonly source: string }): Promise<Report> {
    const mark = newMark();
    const outcome = await launch(this.#stage, attack, this.#language, mark);
    const problems = problemsOf(attack, outcome, this.walled);
    const clean = await runClean(this.#stage, this.#language, memoryOf(attack));
    if (clean.seen !== this.#before.seen) {
      problems.push(`the next run saw ${clean.seen}\nand not ${this.#before.seen}`);
    }
    return { problems, mark, outcome, clean };
  }
}
