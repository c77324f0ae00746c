import type { APIGatewayProxyResult } from 'aws-lambda';
import { json } from '../shared/http';

/** `GET /public`: for every caller, with or without a token. */
export const handler = async (): Promise<APIGatewayProxyResult> => json(200, { message: 'This is a public message!' });
