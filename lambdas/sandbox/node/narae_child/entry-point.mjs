/** The file has no such function; the message says which. */
export class HandlerNotFound extends Error {}

/**
 * Finds what to call in what the user's file exports.
 * @param names in the order of preference
 * @throws HandlerNotFound
 */
export function findHandler(exported, names, file) {
  for (const holder of holders(exported)) {
    const name = names.find((candidate) => typeof own(holder, candidate) === 'function');
    if (name !== undefined) return holder[name].bind(holder);
  }
  const present = names.find((name) => holders(exported).some((holder) => own(holder, name) !== undefined));
  throw new HandlerNotFound(
    present === undefined
      ? `${file} exports no function ${names.join(' or ')}`
      : `${present} in ${file} is not a function`,
  );
}

/** What the file itself exports: `toString` is a function of every object, and nobody's handler. */
const own = (holder, name) => (Object.hasOwn(holder, name) ? holder[name] : undefined);

/** The exports themselves; of an ES module also what its default export holds. */
const holders = (exported) =>
  [exported, exported?.default].filter(
    (value) => (typeof value === 'object' && value !== null) || typeof value === 'function',
  );
