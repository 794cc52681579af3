import path from 'node:path';
import { App } from 'aws-cdk-lib';
import { addStage } from '../lib/app';
import { ConfigError, readConfig, type Asked } from '../lib/config';

try {
  const app = new App();
  const asked: Asked = { stage: app.node.tryGetContext('stage'), settings: app.node.tryGetContext('settings') };
  const config = readConfig(asked, path.join(__dirname, '../stages'));
  addStage(app, config, process.env);
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
