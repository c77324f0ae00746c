/**
 * Makes `console` write as Lambda's runtime does with JSON logs: what is logged goes under `message` of one JSON text with
 * time, level and request, in one write. Node's own console would format objects for people, which costs more.
 */
export function useRuntimeConsole(): void {
  const requestId = '11111111-2222-3333-4444-555555555555';
  for (const level of ['info', 'warn'] as const) {
    const name = level.toUpperCase();
    console[level] = (message: unknown) => {
      const timestamp = new Date().toISOString();
      process.stdout.write(`${JSON.stringify({ timestamp, level: name, requestId, message })}\n`);
    };
  }
}
