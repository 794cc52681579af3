import type { Parts } from '../system/parts';
import { CallRecorder } from './call-recorder';

/**
 * Has the calls of functions written down, where a file is named for them.
 * @returns where functions find AWS and the Lambda service then; empty where nothing is written down
 */
export async function recordCalls(
  file: string | undefined,
  aws: string,
  lambda: string,
  parts: Parts,
): Promise<{ readonly awsSeenAs?: string; readonly seenAs?: string }> {
  if (file === undefined) return {};
  const [toAws, toLambda] = [
    await CallRecorder.start({ file, target: aws }),
    await CallRecorder.start({ file, target: lambda }),
  ];
  for (const recorder of [toAws, toLambda]) parts.add('record of calls', () => recorder.stop());
  return { awsSeenAs: toAws.endpoint, seenAs: toLambda.endpoint };
}
