/** A router such as Hono or Express, behind its adapter for Lambda. */
const router = async (event: { readonly path: string }) => ({ statusCode: 200, body: event.path });

export const handler = router;
