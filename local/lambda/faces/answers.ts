import type { ServerResponse } from 'node:http';
import { Throttled, type FunctionFailure, type LambdaError } from '../failure';

/** A function's failure as the Lambda API tells it. */
export function sendFailure(response: ServerResponse, status: number, { payload }: FunctionFailure): void {
  const bytes = Buffer.from(payload);
  response
    .writeHead(status, {
      'Content-Type': 'application/json',
      'Content-Length': bytes.length,
      'X-Amz-Function-Error': 'Unhandled',
      'X-Amz-Executed-Version': '$LATEST',
    })
    .end(bytes);
}

/** A refusal of the Lambda API, in the shape its clients make exceptions from. */
export function sendRefusal(response: ServerResponse, error: LambdaError): void {
  const body = JSON.stringify({
    Type: error.status < 500 ? 'User' : 'Service',
    message: error.message,
    Message: error.message,
    ...(error instanceof Throttled && { Reason: error.reason }),
  });
  response.writeHead(error.status, { 'Content-Type': 'application/json', 'X-Amzn-ErrorType': error.code }).end(body);
}
