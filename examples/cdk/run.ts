// Synthesizes the stack of every sample, as its own app.
import { App, type Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

type StackClass = new (scope: Construct, id: string) => Stack;

async function main(): Promise<void> {
  for (const sample of process.argv.slice(2)) {
    const module = (await import(`./${sample}/after/stack.js`)) as Readonly<Record<string, StackClass>>;
    const [SampleStack] = Object.values(module).filter((value) => typeof value === 'function');
    if (SampleStack === undefined) throw new Error(`${sample} exports no stack`);
    const app = new App({ outdir: `cdk.out/${sample}` });
    new SampleStack(app, 'Sample');
    app.synth();
  }
}

void main();
