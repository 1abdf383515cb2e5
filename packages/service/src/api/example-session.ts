/** The session in the examples of both OpenAPI documents. The reference page replaces its id and its token. */
export const EXAMPLE_ID = 'c6c29b1d4e7f02a853c6de10f4b72983ac5e';
export const EXAMPLE_TOKEN = `ps_${EXAMPLE_ID}_Jq3vYw8Rk1LmZt6Xc0PbNd5Hg2Us9Fe4Ai7Ko_TxWyE`;

export const EXAMPLE_USER = {
  user_id: 'user-1',
  user_name: 'User 1',
  address: '203.0.113.7',
  client: 'Firefox on Linux',
  user: { roles: ['customer'] },
  data: { cart: [] },
};
