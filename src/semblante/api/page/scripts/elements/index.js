/** Our own elements. */

import { DropZone } from "./drop-zone.js";
import { FacePhoto } from "./face-photo.js";
import { JobProgress } from "./job-progress.js";
import { LineChart } from "./line-chart.js";
import { PartsRing } from "./parts-ring.js";
import { VirtualGrid } from "./virtual-grid.js";

customElements.define("drop-zone", DropZone);
customElements.define("face-photo", FacePhoto);
customElements.define("job-progress", JobProgress);
customElements.define("line-chart", LineChart);
customElements.define("parts-ring", PartsRing);
customElements.define("virtual-grid", VirtualGrid);
