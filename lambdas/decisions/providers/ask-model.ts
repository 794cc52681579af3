import * as z from 'zod';
import { failed, type Message, type Model, type Prompt } from './model';
import type { Call } from './provider';
import { KeptBack, ToldText } from './told-text';

export interface Ask<T> {
  readonly system: string;
  readonly data: string;
  readonly name: string;
  readonly answer: z.ZodType<T>;
  /** Field that people read along; absent: none. */
  readonly told?: { readonly field: string; readonly of: (answer: T) => string };
}

/**
 * Asks a model for JSON. An answer that is not as it has to be goes back to it once, with what is wrong.
 * @returns the answer, and the last piece of the told text
 * @throws ProviderFailed
 */
export async function askModel<T>(model: Model, ask: Ask<T>, call: Call): Promise<{ answer: T; last: string }> {
  const told = new KeptBack(call.onText);
  const text = new ToldText(ask.told?.field ?? '');
  const listener = new Listener(async (piece) => {
    if (ask.told) await told.push(text.push(piece));
  });
  const first = await listener.hear((onText) => model.answer(promptOf(ask), { signal: call.signal, onText }));
  const read = readAnswer(first, ask.answer);
  const answer = 'problem' in read ? await repaired(model, ask, first, read.problem, call) : read.answer;
  return { answer, last: ask.told ? told.last(ask.told.of(answer)) : '' };
}

/** An error of who listens is not one of the model, which would take it for one of its own. */
class Listener {
  readonly #take: (piece: string) => Promise<void>;
  #error: { readonly thrown: unknown } | undefined;

  constructor(take: (piece: string) => Promise<void>) {
    this.#take = take;
  }

  async hear<T>(say: (onText: (piece: string) => Promise<void>) => Promise<T>): Promise<T> {
    try {
      return await say(this.#onText);
    } catch (error) {
      throw this.#error ? this.#error.thrown : error;
    }
  }

  readonly #onText = async (piece: string): Promise<void> => {
    try {
      await this.#take(piece);
    } catch (error) {
      this.#error = { thrown: error };
      throw error;
    }
  };
}

async function repaired<T>(model: Model, ask: Ask<T>, before: string, problem: string, call: Call): Promise<T> {
  const prompt = promptOf(ask, [
    // A model may have said nothing at all, and a turn has to have a text.
    { role: 'assistant', text: before.trim() === '' ? '{}' : before },
    {
      role: 'user',
      text: `Your answer does not fit the schema: ${problem}\nAnswer again, with the JSON object alone.`,
    },
  ]);
  const again = await model.answer(prompt, { signal: call.signal, onText: () => Promise.resolve() });
  const read = readAnswer(again, ask.answer);
  if ('problem' in read) throw failed('schema', new Error(read.problem));
  return read.answer;
}

function promptOf<T>({ system, data, name, answer }: Ask<T>, further: readonly Message[] = []): Prompt {
  const { $schema: _, ...json } = z.toJSONSchema(answer, { io: 'input' });
  return {
    // Not every model and server takes a schema besides; each can read one.
    system: `${system}\nJSON schema of the answer:\n${JSON.stringify(json)}`,
    messages: [{ role: 'user', text: data }, ...further],
    schema: { name, json },
  };
}

/** Characters of a problem that are worth to be told. */
const MOST_PROBLEM = 1_000;

/** Models like to put JSON between words or fences, so what counts is from the first brace to the last. */
function readAnswer<T>(text: string, schema: z.ZodType<T>): { answer: T } | { problem: string } {
  const json = text.slice(text.indexOf('{'), text.lastIndexOf('}') + 1);
  const parsed = parse(json);
  if (parsed === undefined) return { problem: 'it is not a JSON object' };
  const read = schema.safeParse(parsed);
  return read.success
    ? { answer: read.data }
    : { problem: z.prettifyError(read.error).slice(0, MOST_PROBLEM).toWellFormed() };
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
