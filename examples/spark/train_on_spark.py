"""PySpark: spark-submit --jars JAR,... train_on_spark.py FOLDER NETWORK WEIGHTS RANKS OUTPUT (see ../README.md)"""
import sys
from pyspark.sql import DataFrame, SparkSession

folder, network, weights, ranks, output = sys.argv[1:]
spark = SparkSession.builder.appName("stride").getOrCreate()
pictures = spark.read.format("binaryFile").load(folder + "/*/*").selectExpr("path", "element_at(split(path, '/'), -2) as label")
estimator = spark._jvm.stride.spark.StrideClassifier().setNetwork(network).setWeights(weights).setFreeze("backbone")
model = estimator.setInputCol("path").setRanks(int(ranks)).setBatchSize(8).setEpochs(5).setLearningRate(0.001).fit(pictures.filter("path like '%/train/%'")._jdf)
model.write().overwrite().save(output)
DataFrame(model.transform(pictures.filter("path like '%/val/%'")._jdf), spark).select("path", "predictedLabel").show(truncate=False)
