/** Value of a metric in one period; `undefined` where it has no data. */
export type Value = number | undefined;

/**
 * Evaluates a CloudWatch metric math expression for one period, as far as this project's alarms go: arithmetic, comparisons,
 * `AND`, `IF` and `FILL`. Whatever lacks a value makes the result lack one. `FILL` fills nothing in for a metric that never had
 * data: it is not documented what CloudWatch does there, so no alarm may depend on it.
 *
 * @param metrics each metric's value, and whether it has any data at all.
 */
export function evaluateExpression(
  expression: string,
  metrics: Readonly<Record<string, { readonly value: Value; readonly hasData: boolean }>>,
): Value {
  const tokens = expression.match(/[A-Za-z_]\w*|\d+(?:\.\d+)?|<=|>=|[-+*/<>(),]/g) ?? [];
  if (tokens.join('') !== expression.replaceAll(' ', '')) throw new Error(`Not understood: ${expression}`);
  let at = 0;
  const peek = () => tokens[at];
  const next = () => tokens[at++] ?? '';
  const expect = (token: string) => {
    const got = next();
    if (got !== token) throw new Error(`${token} expected, got ${got} in ${expression}`);
  };

  const binary =
    (operand: () => Value, operations: Readonly<Record<string, (a: number, b: number) => number>>) => (): Value => {
      let left = operand();
      for (let operation = operations[peek() ?? '']; operation; operation = operations[peek() ?? '']) {
        next();
        const right = operand();
        left = left === undefined || right === undefined ? undefined : operation(left, right);
      }
      return left;
    };
  const product = binary(primary, { '*': (a, b) => a * b, '/': (a, b) => a / b });
  const sum = binary(product, { '+': (a, b) => a + b, '-': (a, b) => a - b });
  const comparison = binary(sum, {
    '<': (a, b) => Number(a < b),
    '<=': (a, b) => Number(a <= b),
    '>': (a, b) => Number(a > b),
    '>=': (a, b) => Number(a >= b),
  });
  const conjunction = binary(comparison, { AND: (a, b) => Number(a !== 0 && b !== 0) });

  function primary(): Value {
    const token = next();
    if (token === '(') {
      const value = conjunction();
      expect(')');
      return value;
    }
    if (token === 'IF') {
      expect('(');
      const condition = conjunction();
      expect(',');
      const then = conjunction();
      expect(',');
      const otherwise = conjunction();
      expect(')');
      return condition === undefined ? undefined : condition === 0 ? otherwise : then;
    }
    if (token === 'FILL') {
      expect('(');
      const { value, hasData } = metric(next());
      expect(',');
      const filling = conjunction();
      expect(')');
      return value ?? (hasData ? filling : undefined);
    }
    return /^\d/.test(token) ? Number(token) : metric(token).value;
  }

  function metric(id: string) {
    const found = metrics[id];
    if (!found) throw new Error(`No metric ${id} in ${expression}`);
    return found;
  }

  const value = conjunction();
  if (at !== tokens.length) throw new Error(`${peek()} not expected in ${expression}`);
  return value;
}
