// The window's composition root: the bridge, the workspace, the frame.

import '@fontsource-variable/inter';
import './styles/tokens.css';
import './styles/base.css';
import './styles/parts.css';
import { mount } from 'svelte';
import { connectApi } from './api/bridge.ts';
import { Workspace } from './state/workspace.svelte.ts';
import Window from './views/frame/Window.svelte';

const target = document.getElementById('app');
if (target === null) throw new Error('the page has no place for the window');

const workspace = new Workspace(connectApi());
mount(Window, { target, props: { workspace } });
void workspace.load();
