import { traceIdOf, traceOf, traceVariables } from '../../../lambdas/platform/trace-context';

/** See https://www.w3.org/TR/trace-context/ and docs/adr/0036. */

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT = '00f067aa0ba902b7';
const valid = `00-${TRACE}-${PARENT}-01`;
const stateOf = (tracestate: string) => traceOf({ traceparent: valid, tracestate }, undefined)?.tracestate;

describe('traceparent', () => {
  test.each([valid, `00-${TRACE}-${PARENT}-00`, `00-${TRACE}-${PARENT}-ff`])('%s is kept as it is', (traceparent) => {
    expect(traceOf({ traceparent }, undefined)).toEqual({ traceparent });
  });

  test.each([
    [`01-${TRACE}-${PARENT}-01`, valid],
    [`cc-${TRACE}-${PARENT}-03-more-of-it`, valid],
    [`fe-${TRACE}-${PARENT}-02`, `00-${TRACE}-${PARENT}-00`],
  ])('%s, of a later version, is read as far as 00 goes', (traceparent, read) => {
    expect(traceOf({ traceparent }, undefined)).toEqual({ traceparent: read });
  });

  test.each([
    '',
    'x',
    valid.toUpperCase(),
    ` ${valid}`,
    `${valid}\n`,
    `${valid}-more`,
    `${valid},${valid}`,
    `01-${TRACE}-${PARENT}-01more`,
    `ff-${TRACE}-${PARENT}-01`,
    `0-${TRACE}-${PARENT}-01`,
    `00-${'0'.repeat(32)}-${PARENT}-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    `00-${TRACE.slice(1)}-${PARENT}-01`,
    `00-${TRACE}-${PARENT}a-01`,
    `00-${TRACE}-${PARENT}-1`,
    `00-${TRACE}-${PARENT}-0g`,
    `00_${TRACE}_${PARENT}_01`,
  ])('%j is as if nothing had been sent, with its state', (traceparent) => {
    expect(traceOf({ traceparent, tracestate: 'a=1' }, undefined)).toBeUndefined();
  });

  test('names its trace, and programs find it in their environment', () => {
    expect(traceIdOf({ traceparent: valid })).toBe(TRACE);
    expect(traceVariables({ traceparent: valid })).toEqual({ TRACEPARENT: valid });
    expect(traceVariables({ traceparent: valid, tracestate: 'a=1' })).toEqual({
      TRACEPARENT: valid,
      TRACESTATE: 'a=1',
    });
  });
});

describe('tracestate', () => {
  test.each([
    ['rojo=00f067aa0ba902b7,congo=t61rcWkgMzE', 'rojo=00f067aa0ba902b7,congo=t61rcWkgMzE'],
    ['a=1 ,\t b=2', 'a=1,b=2'],
    ['a=1,,b=2,', 'a=1,b=2'],
    ['tenant@system=x y', 'tenant@system=x y'],
    ['0_-*/=~!', '0_-*/=~!'],
  ])('%j', (text, kept) => {
    expect(stateOf(text)).toBe(kept);
  });

  test.each(['', ',', 'a', 'A=1', 'a=1,b', 'a=', 'a=b=c', 'a=1,a=2', 'a=é', 'a=1\u0000', '=1', 'a b=1', '@a=1'])(
    '%j is left out, the trace is not',
    (tracestate) => {
      expect(traceOf({ traceparent: valid, tracestate }, undefined)).toEqual({ traceparent: valid });
    },
  );

  test('has at most 32 members', () => {
    const members = Array.from({ length: 33 }, (_, index) => `k${index}=v`);
    expect(stateOf(members.slice(1).join())).toBe(members.slice(1).join());
    expect(stateOf(members.join())).toBeUndefined();
  });

  test('of more than 512 characters loses its largest members first, then its last', () => {
    const large = `large=${'x'.repeat(200)}`;
    const small = Array.from({ length: 6 }, (_, index) => `k${index}=${'y'.repeat(90)}`);
    expect(stateOf([small[0], large, small[1]].join())).toBe([small[0], large, small[1]].join());
    expect(stateOf([large, ...small].join())).toBe(small.slice(0, 5).join());
    expect(stateOf([large, `b=${'x'.repeat(200)}`, `c=${'x'.repeat(200)}`].join())).toBeUndefined();
  });
});

describe('X-Ray', () => {
  const header = (sampled: 0 | 1) =>
    `Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=${sampled};Lineage=1:a87bd80c:0`;
  const recorded = '00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01';

  test('names the trace of a request that it records, where the caller names none', () => {
    expect(traceOf({}, header(1))).toEqual({ traceparent: recorded });
    expect(traceOf({ traceparent: 'x' }, header(1))).toEqual({ traceparent: recorded });
    expect(traceOf({ traceparent: valid }, header(1))).toEqual({ traceparent: valid });
  });

  test.each([undefined, '', header(0), 'Root=1-5759e988-bd862e3fe1be46a994272793', 'Root=x;Parent=y;Sampled=1'])(
    '%j names none',
    (xrayHeader) => {
      expect(traceOf({}, xrayHeader)).toBeUndefined();
    },
  );
});
