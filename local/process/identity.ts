import { statFields } from './proc';

/**
 * When a process started, in the kernel's ticks: a process id alone may belong to another process by now.
 * @returns undefined where there is no such process, or it has ended and only its parent has not looked
 */
export function startOf(pid: number): string | undefined {
  const fields = statFields(pid);
  return fields?.[0] === 'Z' ? undefined : fields?.[19];
}
