export const hello = async (event) => {
  const { name } = JSON.parse(event.body);
  console.log('hello', name);
  return { statusCode: 200, body: JSON.stringify({ hello: name }) };
};
