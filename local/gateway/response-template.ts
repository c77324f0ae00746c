/** Variables of API Gateway's `$context` that gateway responses may use here. */
export interface ResponseContext {
  readonly error: {
    /** Text without quotes, or `undefined` where API Gateway has none. */
    readonly message: string | undefined;
    readonly responseType: string;
  };
  readonly requestId: string;
  readonly extendedRequestId: string;
  readonly httpMethod: string;
  readonly path: string;
  readonly stage: string;
  /** Strings of the authorizer's context. */
  readonly authorizer: Readonly<Record<string, string>>;
}

const VARIABLE = /\$context\.([A-Za-z]+(?:\.[A-Za-z0-9_]+)?)/g;
const READERS: Readonly<Record<string, (context: ResponseContext) => string>> = {
  'error.message': ({ error }) => error.message ?? 'null',
  'error.messageString': ({ error }) => (error.message === undefined ? 'null' : JSON.stringify(error.message)),
  'error.responseType': ({ error }) => error.responseType,
  requestId: (context) => context.requestId,
  extendedRequestId: (context) => context.extendedRequestId,
  httpMethod: (context) => context.httpMethod,
  path: (context) => context.path,
  stage: (context) => context.stage,
};

/** Puts the variables in, without escaping, as API Gateway does. */
export function renderTemplate(template: string, context: ResponseContext): string {
  return template.replace(VARIABLE, (_match, name: string) =>
    name.startsWith('authorizer.')
      ? (context.authorizer[name.slice('authorizer.'.length)] ?? '')
      : (READERS[name]?.(context) ?? ''),
  );
}

/** Variables and directives of a template that {@link renderTemplate} does not know. */
export function unsupportedVariables(template: string): readonly string[] {
  const rest = template.replace(VARIABLE, (match, name: string) =>
    Object.hasOwn(READERS, name) || name.startsWith('authorizer.') ? '' : match,
  );
  return rest.match(/\$!?\{?[A-Za-z][\w.]*|#(set|if|foreach|else|end)\b/g) ?? [];
}
