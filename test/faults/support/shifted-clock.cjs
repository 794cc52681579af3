/**
 * Loaded before a function (NODE_OPTIONS): its clock is wrong by NARAE_CLOCK_SHIFT_MS from the first moment on. A real
 * process on a machine whose clock is wrong sees the same; only timers, which count and do not tell the time, go right.
 */
const shiftMs = Number(process.env.NARAE_CLOCK_SHIFT_MS);
const RealDate = Date;

globalThis.Date = class Date extends RealDate {
  constructor(...parts) {
    if (parts.length === 0) super(RealDate.now() + shiftMs);
    else super(...parts);
  }

  static now() {
    return RealDate.now() + shiftMs;
  }
};
