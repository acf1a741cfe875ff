"""hyperqueue_tasks.py COUNT AT_ONCE: that many tasks of /bin/true; prints the seconds."""
import sys
import time

from hyperqueue import Job, LocalCluster
from hyperqueue.cluster import WorkerConfig

count, at_once = int(sys.argv[1]), int(sys.argv[2])
with LocalCluster() as cluster:
    cluster.start_worker(WorkerConfig(cores=at_once))
    client = cluster.client()

    def run(tasks):
        job = Job()
        for _ in range(tasks):
            job.program(["/bin/true"], stdout=None, stderr=None)
        begin = time.monotonic()
        client.wait_for_jobs([client.submit(job)])
        return time.monotonic() - begin
    run(100)
    print(run(count))
