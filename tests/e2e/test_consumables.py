"""Jobs that take of consumable resources, through boto3 and over a killed scheduler."""
from cluster import wait_for


def takes(*needs):
    return {"consumableResourceList": [{"consumableResource": name, "quantity": quantity}
                                       for name, quantity in needs]}


def counts(batch, name):
    shown = batch.describe_consumable_resource(consumableResource=name)
    return shown["totalQuantity"], shown["inUseQuantity"], shown["availableQuantity"]


def test_no_more_is_taken_than_there_is(cluster):
    cluster.start_agents(1, vcpus=4)
    cluster.create_queue()
    batch = cluster.client()
    batch.create_consumable_resource(consumableResourceName="seats", totalQuantity=3)
    batch.create_consumable_resource(consumableResourceName="tokens", totalQuantity=1,
                                     resourceType="NON_REPLENISHABLE")
    gate = cluster.folder / "gate"
    waits = cluster.register("waits", ["/bin/sh", "-c", f"until [ -e {gate} ]; do sleep 0.05; done"])
    first = batch.submit_job(jobName="first", jobQueue="default", jobDefinition=waits,
                             consumableResourcePropertiesOverride=takes(("seats", 2), ("tokens", 1))
                             )["jobId"]
    wait_for("it runs", lambda: cluster.describe(first)["status"] == "RUNNING")
    second = batch.submit_job(jobName="second", jobQueue="default", jobDefinition=waits,
                              consumableResourcePropertiesOverride=takes(("seats", 2)))["jobId"]
    third = batch.submit_job(jobName="third", jobQueue="default", jobDefinition=waits,
                             consumableResourcePropertiesOverride=takes(("seats", 1), ("tokens", 1))
                             )["jobId"]
    assert counts(batch, "seats") == (3, 2, 1)
    (listed,) = [one for one in batch.list_consumable_resources()["consumableResources"]
                 if one["consumableResourceName"] == "seats"]
    assert listed["inUseQuantity"] == 2
    cluster.kill_scheduler()
    cluster.start_scheduler()
    cluster.wait_for_agent("agent-1")
    batch = cluster.client()
    assert counts(batch, "seats") == (3, 2, 1)
    for job in (second, third):
        assert cluster.describe(job)["status"] == "RUNNABLE"
    assert "it takes 2 of seats, of which 1 is left" in cluster.dray("explain", second).stdout
    gate.touch()
    assert cluster.wait_state(second)["status"] == "SUCCEEDED"
    wait_for("the seats are back", lambda: counts(batch, "seats") == (3, 0, 3))
    # The token is gone with the job that took it.
    assert counts(batch, "tokens") == (0, 0, 0)
    assert cluster.describe(third)["status"] == "RUNNABLE"
    batch.update_consumable_resource(consumableResource="tokens", operation="ADD", quantity=1)
    assert cluster.wait_state(third)["status"] == "SUCCEEDED"
