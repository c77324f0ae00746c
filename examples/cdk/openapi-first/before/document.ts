/** The API's description; `uri` is the function that answers. */
export const document = (uri = '') => {
  const operation = { 'x-amazon-apigateway-integration': { type: 'aws_proxy', httpMethod: 'POST', uri } };
  return {
    openapi: '3.0.1',
    info: { title: 'orders', version: '1' },
    security: [{ oauth: ['read:orders'] }],
    paths: {
      '/orders': { get: operation, post: { ...operation, security: [{ oauth: ['write:orders'] }] } },
      '/orders/{id}': { get: operation },
    },
  };
};
