/** Whether something thrown by Node carries this error code, e.g. `EADDRINUSE`. */
export function hasCode(error: unknown, code: string): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === code;
}

export const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
