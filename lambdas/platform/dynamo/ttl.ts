/** DynamoDB's TTL counts in epoch seconds; it deletes when they are over, hours or days later. @param epochMs milliseconds */
export const ttl = (epochMs: number): number => Math.ceil(epochMs / 1000);
