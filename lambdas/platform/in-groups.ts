/** Does work for each of many, at most so many at a time; results in order. */
export async function inGroups<T, R>(
  items: readonly T[],
  atOnce: number,
  work: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  for (let from = 0; from < items.length; from += atOnce) {
    const group = items.slice(from, from + atOnce);
    results.push(...(await Promise.all(group.map((item, offset) => work(item, from + offset)))));
  }
  return results;
}
