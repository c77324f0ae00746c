// In place of your database.
export const orders = [
  { id: 'o-1', customer: 'c-1', status: 'open', total: 120 },
  { id: 'o-2', customer: 'c-2', status: 'shipped', total: 45 },
  { id: 'o-3', customer: 'c-1', status: 'open', total: 18 },
];

export const customers = [
  { id: 'c-1', name: 'Ada' },
  { id: 'c-2', name: 'Grace' },
];
