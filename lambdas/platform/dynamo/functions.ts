/** Where stored functions stand in the entities table, for services that deploy what another one keeps. */
export const functionKey = (workspace: string, id: string) => ({ pk: `${workspace}#FUNCTIONS`, sk: id });

/** Begins partitions of what is known of the id of a function: whose it is, and which apps were deployed of it. */
export const FUNCTION_IDS = 'FUNCTION#';
export const functionIdPartition = (id: string): string => `${FUNCTION_IDS}${id}`;

/** Says that an app was deployed of a function; deleted with the app. */
export const APPS_OF_FUNCTION = 'APP#';
export const appOfFunctionKey = (functionId: string, { namespace, name }: { namespace: string; name: string }) => ({
  pk: functionIdPartition(functionId),
  sk: `${APPS_OF_FUNCTION}${namespace}#${name}`,
});
