import subprocess
import sys
import time

import torch
from serve import serve

PROGRAM = "import torch; torch.tensor([[1., 2.]]) @ torch.tensor([[3.], [4.]]); print('computed', flush=True)"


def measure():
    start = time.perf_counter()
    with subprocess.Popen([sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE) as child:
        child.stdout.readline()
        return time.perf_counter() - start


serve(measure, {"torch": torch.__version__})
