/** Files that the bundle takes in as text (`with { type: 'text' }`). */
declare module '*.html' {
  const text: string;
  export default text;
}
declare module '*.css' {
  const text: string;
  export default text;
}
declare module '*.txt' {
  const text: string;
  export default text;
}
declare module '*/page.js' {
  const text: string;
  export default text;
}
