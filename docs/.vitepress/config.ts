import { defineConfig } from 'vitepress';

/** Each page is listed here once: the side bar is the table of contents. */
export default defineConfig({
  title: 'Pip Sessions',
  description: 'User sessions as a service: sign in once, known everywhere, signed out at once',
  lang: 'en',
  cleanUrls: true,
  lastUpdated: false,
  themeConfig: {
    search: { provider: 'local' },
    outline: [2, 3],
    nav: [
      { text: 'Get started', link: '/get-started' },
      { text: 'API v2', link: '/api-v2' },
      { text: 'Operations', link: '/operations' },
    ],
    sidebar: [
      {
        text: 'Start',
        items: [
          { text: 'Get started', link: '/get-started' },
          { text: 'Concepts', link: '/concepts' },
          { text: 'Glossary', link: '/glossary' },
        ],
      },
      {
        text: 'Integrate',
        items: [
          { text: 'Client', link: '/client' },
          { text: 'Middleware', link: '/middleware' },
          { text: 'Frameworks', link: '/frameworks' },
          { text: 'Live connections', link: '/live-connections' },
          { text: 'Pages that know their session', link: '/browser' },
          { text: 'Better Auth, Auth.js', link: '/auth-libraries' },
          { text: 'express-session, @fastify/session, koa-session', link: '/session-libraries' },
          { text: 'Move from another store', link: '/migration' },
          { text: 'Pip.Services', link: '/pip-services' },
        ],
      },
      {
        text: 'Reference',
        items: [
          { text: 'API v2', link: '/api-v2' },
          { text: 'Errors', link: '/errors' },
          { text: 'Configuration', link: '/configuration' },
          { text: 'Command line', link: '/command-line' },
          { text: 'Doctor', link: '/doctor' },
          { text: 'Stores', link: '/stores' },
        ],
      },
      {
        text: 'Run',
        items: [
          { text: 'Deployment', link: '/deployment' },
          { text: 'Operations', link: '/operations' },
          { text: 'Alerts', link: '/alerts' },
          { text: 'Console', link: '/console' },
          { text: 'Security', link: '/security' },
          { text: 'Least rights in the store', link: '/least-rights' },
        ],
      },
      {
        text: 'Project',
        items: [
          { text: 'What users ask for', link: '/asks' },
          { text: 'Decisions', link: '/decisions' },
        ],
      },
    ],
  },
});
