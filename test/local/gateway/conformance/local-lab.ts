import { type Gateway, type GatewayEvent, startGateway } from '../../../../local/gateway/gateway';
import { readTemplate } from '../../../../local/gateway/read-template';
import { type LocalFunction, startFunction } from '../../../../local/lambda/start-function';
import { bundle } from '../../lambda/bundle';
import { CODE, labTemplate } from './lab';
import { BINARY_MEDIA_TYPES } from './table';

export interface LocalLab {
  readonly gateway: Gateway;
  /** The same API with binary media types. */
  readonly binaryGateway: Gateway;
  stop(): Promise<void>;
}

/** Serves the lab by the local gateway. */
export async function startLocalLab(onEvent?: (event: GatewayEvent) => void): Promise<LocalLab> {
  const functions = new Map<string, LocalFunction>();
  const removals: (() => void)[] = [];
  const api = readTemplate(labTemplate(), '/lab');
  const binaryApi = readTemplate(labTemplate({ binaryMediaTypes: BINARY_MEDIA_TYPES }), '/lab');
  for (const model of api.functions.values()) {
    const { path, remove } = bundle({ 'index.js': CODE[model.id] ?? '' });
    removals.push(remove);
    functions.set(model.id, startFunction({ ...model, assetPath: path }));
  }
  const gateway = await startGateway(0, { api, functions }, onEvent);
  const binaryGateway = await startGateway(0, { api: binaryApi, functions }, onEvent);
  return {
    gateway,
    binaryGateway,
    async stop() {
      await gateway.close();
      await binaryGateway.close();
      await Promise.all([...functions.values()].map((lambda) => lambda.stop()));
      for (const remove of removals) remove();
    },
  };
}
