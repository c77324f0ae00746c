interface Request {
  readonly pathParameters: Readonly<Record<string, string | undefined>> | null;
}

const json = (statusCode: number, body: unknown) => ({ statusCode, body: JSON.stringify(body) });

export const handler = async (event: Request) => json(200, { id: event.pathParameters?.id });
