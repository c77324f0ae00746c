/**
 * Every problem of an input at once, as data and as a message for people.
 *
 * @example
 * try { app.synth(); } catch (error) { if (error instanceof ProblemsError) console.error(error.problems); }
 */
export class ProblemsError<Problem = unknown> extends Error {
  override readonly name = 'ProblemsError';
  declare readonly problems: readonly Problem[];

  /**
   * @param title what cannot be used.
   * @param render one problem as a sentence that says what to do.
   */
  constructor(title: string, problems: readonly Problem[], render: (problem: Problem) => string) {
    super(`${title}:\n${problems.map((problem) => `  - ${render(problem)}`).join('\n')}`);
    // Not enumerable: the message has said it all where Node prints an uncaught error with its properties.
    Object.defineProperty(this, 'problems', { value: problems });
  }
}

/** What is wrong with one setting: `${setting} ${text}` is a sentence. Quotes no value. */
export interface SettingProblem {
  readonly setting: string;
  readonly text: string;
}

/** @returns the error that lists every problem of the settings. */
export const settingsError = (
  problems: readonly SettingProblem[],
  title = 'The settings cannot be used (see .env.example)',
): ProblemsError<SettingProblem> => new ProblemsError(title, problems, ({ setting, text }) => `${setting} ${text}`);
