import {
  CodeArtifactUserPendingException,
  EC2ThrottledException,
  ENINotReadyException,
  ResourceConflictException,
  ResourceNotReadyException,
  TooManyRequestsException,
} from '@aws-sdk/client-lambda';

/** Refused before a function began: no concurrency left, or a function that AWS is still preparing or has made inactive. */
const REFUSALS = [
  TooManyRequestsException,
  CodeArtifactUserPendingException,
  EC2ThrottledException,
  ENINotReadyException,
  ResourceConflictException,
  ResourceNotReadyException,
];

/** No connection came about, so that nothing was sent. */
const UNCONNECTED = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

/** Whether an invoke has certainly started nothing, so that it may be made again whatever it starts. */
export function isNotStarted(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  if (REFUSALS.some((refusal) => error instanceof refusal)) return true;
  return 'code' in error && typeof error.code === 'string' && UNCONNECTED.has(error.code);
}
