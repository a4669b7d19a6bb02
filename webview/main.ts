import { Panel } from './panel';
import { registerComponents } from './ui/toolkit';

registerComponents();
const root = document.getElementById('flm-panel');
if (root !== null) new Panel(root).start();
