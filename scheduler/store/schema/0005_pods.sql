-- How the containers of a pod ended, in the form of model/pod_bytes.h; NULL: it was no pod.
ALTER TABLE attempt ADD COLUMN containers BLOB;
