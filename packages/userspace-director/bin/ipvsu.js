#!/usr/bin/env node
import { runProgram } from '../../common/bin/programs.js';

await runProgram('ipvsu');
