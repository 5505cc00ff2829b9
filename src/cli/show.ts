import { Command } from 'commander';

import { BadInput } from '../base/errors.js';
import { didYouMean } from '../base/nearest.js';
import { printListing } from '../program/listing.js';
import { absoluteModel, loadModel } from './load-model.js';
import { register, vocabulary } from './trade.js';

export function showCommand(): Command {
  return new Command('show')
    .description('print the listing of an operation, and what a model changes in it')
    .argument('<operation>', 'an operation of "list operations"')
    .option('--model <model>', 'mark with - what this kernel lacks, with + what it has beside the base')
    .action(async (name: string, options: { model?: string }) => {
      const operation = register.operations.find((o) => o.name === name);
      if (operation === undefined) {
        const known = register.operations.map((o) => o.name);
        throw new BadInput(
          `Unknown operation "${name}"; expected one of "shootdown list operations".${didYouMean(name, known)}`,
        );
      }
      const model =
        options.model === undefined
          ? undefined
          : await loadModel(absoluteModel(options.model, process.cwd()), register);
      process.stdout.write(printListing(operation, vocabulary, model));
    });
}
