/** Files that the bundle takes in as text (`with { type: 'text' }`). */
declare module '*.jsonl' {
  const text: string;
  export default text;
}
