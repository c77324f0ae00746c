/** An MCP client with credentials of its own: knows a URL, the credentials, and the issuer that they belong to. */
import { ClientCredentialsProvider, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { useTools } from './use-tools';

const [url = '', mode = 'legacy'] = process.argv.slice(2);
const { CLIENT_ID = '', CLIENT_SECRET = '', EXPECTED_ISSUER = '' } = process.env;

const authProvider = new ClientCredentialsProvider({
  clientId: CLIENT_ID,
  clientSecret: CLIENT_SECRET,
  expectedIssuer: EXPECTED_ISSUER,
});

void useTools(new StreamableHTTPClientTransport(new URL(url), { authProvider }), {
  versionNegotiation: { mode: mode === 'auto' ? 'auto' : 'legacy' },
}).then((run) => console.log(JSON.stringify(run)));
